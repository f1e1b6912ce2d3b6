/** Assertions on failures. */
import { expect } from "chai";

/** Fails unless `promise` is rejected with an error whose message matches `message`. */
export async function expectRejection(promise: Promise<unknown>, message: RegExp): Promise<void> {
    const error: unknown = await promise.then(
        () => undefined,
        (reason: unknown) => reason,
    );
    expect(error, "expected a rejection").to.be.instanceOf(Error);
    expect((error as Error).message).to.match(message);
}
