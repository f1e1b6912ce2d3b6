"""Small objects and listings through Hadoop's file systems: whatever Spark can read, on EMR and elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from loglake_spark.errors import LoglakeError


class Storage:
    """Objects by URI. Credentials and endpoints are those of the Spark session."""

    def __init__(self, spark: SparkSession) -> None:
        self._jvm: Any = spark.sparkContext._jvm
        self._configuration: Any = spark.sparkContext._jsc.hadoopConfiguration()

    def read_text(self, uri: str) -> str:
        """Whole content of the object, which is UTF-8."""
        file_system, path = self._locate(uri)
        try:
            stream = file_system.open(path)
            try:
                return str(self._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8"))
            finally:
                stream.close()
        except Py4JJavaError as error:
            raise LoglakeError(f"can't read {uri}: {reason(error)}") from error

    def write_text(self, uri: str, text: str) -> None:
        """Create the object, or replace it."""
        file_system, path = self._locate(uri)
        try:
            stream = file_system.create(path, True)
            stream.write(bytearray(text, "utf-8"))
            # S3 shows the object only now: a run that dies before has written nothing
            stream.close()
        except Py4JJavaError as error:
            raise LoglakeError(f"can't write {uri}: {reason(error)}") from error

    def delete(self, uri: str) -> None:
        """Remove the object if there is one."""
        file_system, path = self._locate(uri)
        file_system.delete(path, False)

    def size(self, uri: str) -> tuple[int, int]:
        """Bytes and number of the objects at or below ``uri``; 0 and 0 where there is none."""
        file_system, path = self._locate(uri)
        try:
            summary = file_system.getContentSummary(path)
            return int(summary.getLength()), int(summary.getFileCount())
        except Py4JJavaError as error:
            if error.java_exception.getClass().getSimpleName() == "FileNotFoundException":
                return 0, 0
            raise LoglakeError(f"can't list {uri}: {reason(error)}") from error

    def count_files(self, uri: str, suffix: str) -> int:
        """Objects right below ``uri`` whose names end with ``suffix``."""
        file_system, path = self._locate(uri)
        return sum(1 for status in file_system.listStatus(path) if status.getPath().getName().endswith(suffix))

    def list_files(self, uri: str) -> Iterator[tuple[str, int]]:
        """URI and bytes of every object at or below ``uri``, hidden ones too."""
        file_system, path = self._locate(uri)
        files = file_system.listFiles(path, True)
        while files.hasNext():
            status = files.next()
            yield str(status.getPath().toString()), int(status.getLen())

    def _locate(self, uri: str) -> tuple[Any, Any]:
        path = self._jvm.org.apache.hadoop.fs.Path(uri)
        try:
            return path.getFileSystem(self._configuration), path
        except Py4JJavaError as error:
            raise LoglakeError(f"can't reach {uri}: {reason(error)}") from error


def reason(error: Py4JJavaError) -> str:
    """What the Java exception says, in one line."""
    return str(error.java_exception.toString()).splitlines()[0]


def root_cause(error: Py4JJavaError) -> str:
    """What the exception says that began it, in one line: Spark's own says no more than that a task failed."""
    exception = error.java_exception
    while exception.getCause() is not None:
        exception = exception.getCause()
    return str(exception.toString()).splitlines()[0]
