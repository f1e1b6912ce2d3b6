// What Lambda's Node runtime does with a handler: loads it, gives it the event, writes down what it returns or throws.
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { resolve } = require("node:path");
const { pathToFileURL } = require("node:url");

const [eventFile, resultFile] = process.argv.slice(2);
const { _HANDLER = "", AWS_LAMBDA_FUNCTION_NAME: functionName } = process.env;

async function main() {
    const dot = _HANDLER.lastIndexOf(".");
    const [file, name] = [_HANDLER.slice(0, dot), _HANDLER.slice(dot + 1)];
    const path = [".mjs", ".js", ".cjs"]
        .map((end) => resolve(file + end))
        .find((candidate) => existsSync(candidate));
    if (path === undefined)
        throw named("Runtime.ImportModuleError", `Error: Cannot find module '${file}'`);
    const module = await import(pathToFileURL(path).href);
    const handler = module[name] ?? module.default?.[name];
    if (typeof handler !== "function") {
        throw named("Runtime.HandlerNotFound", `${_HANDLER} is undefined or not exported`);
    }
    const event = JSON.parse(readFileSync(eventFile, "utf8"));
    const context = {
        functionName,
        functionVersion: "$LATEST",
        awsRequestId: "local",
        getRemainingTimeInMillis: () => 60_000,
    };
    return handler(event, context);
}

function named(name, message) {
    return Object.assign(new Error(message), { name });
}

main().then(
    (result) => finish({ result }),
    (error) =>
        finish({
            error: {
                errorType: error?.name ?? "Error",
                errorMessage: error?.message ?? String(error),
                trace: String(error?.stack ?? "").split("\n"),
            },
        }),
);

// Lambda freezes the process once the handler has returned: open sockets do not keep it
function finish(answer) {
    writeFileSync(resultFile, JSON.stringify(answer));
    process.exit(0);
}
