/** What lies under a customer's key: a service wrote it, and a role has to be allowed to open it. */
import type { Api } from "../api";

/** Opens, as `reader`, a data key that `writer` has made under the key for this context. @throws the refusal of KMS. */
export async function dataKeyOpened(
    writer: Api,
    reader: Api,
    KeyId: string,
    EncryptionContext: Readonly<Record<string, string>>,
): Promise<void> {
    const request = { KeyId, KeySpec: "AES_256", EncryptionContext };
    const { CiphertextBlob } = await writer("kms", "GenerateDataKey", request);
    await reader("kms", "Decrypt", { CiphertextBlob, KeyId, EncryptionContext });
}
