using Hutch.Client.Receipts;
using Hutch.Model.Sites;

namespace Hutch.Client;

/// <summary>Signed proofs that a site stores files: docs/formats/receipts.md.</summary>
public static class ReceiptCalls
{
    extension(HutchClient client)
    {
        /// <summary>
        /// Asks which of these paths the head has as files, or a version; at most <see cref="ReceiptStatement.MaxLines"/>. The signature is
        /// right for the key that the answer names.
        /// </summary>
        /// <exception cref="BadAnswerException">The answer is not signed, or it answers another question.</exception>
        public async Task<SignedFiles> GetReceiptsAsync(
            DatasetId dataset, IReadOnlyList<string> paths, long? at = null, CancellationToken ct = default)
        {
            var nonce = new BlobHash(RandomNumberGenerator.GetBytes(BlobHash.Size));
            ReceiptList list = await client.CallAsync(
                RestCalls.Pushes.SignReceipts.At(dataset).With("at", at), new AskReceipts { Nonce = nonce, Paths = paths }, ct);
            return SignedFiles.Verify(list, dataset, nonce, client.Remote);
        }
    }
}
