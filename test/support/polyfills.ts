/** What aws-local-stepfunctions takes from Node.js 22 and Node.js 20 lacks. Import it before that package runs anything. */
interface Deferred<T> {
    promise: Promise<T>;
    resolve: (value: T | PromiseLike<T>) => void;
    reject: (reason?: unknown) => void;
}

const promise = Promise as unknown as { withResolvers?: <T>() => Deferred<T> };

promise.withResolvers ??= function withResolvers<T>(): Deferred<T> {
    const deferred = {} as Deferred<T>;
    deferred.promise = new Promise<T>((resolve, reject) => {
        Object.assign(deferred, { resolve, reject });
    });
    return deferred;
};
