using Hutch.Model.Sites;

namespace Hutch.Api.Documents;

internal static class ReceiptDocuments
{
    public static ReceiptList From(SignedReceipts signed) => new()
    {
        Site = SiteKeyText.Format(signed.Statement.Site),
        Dataset = signed.Statement.Dataset,
        Snapshot = signed.Statement.Snapshot,
        Time = signed.Statement.At.ToUnixTimeMilliseconds(),
        Nonce = signed.Statement.Nonce,
        Files =
        [
            .. signed.Statement.Lines.Select(
                line => new FileReceipt { Path = line.Path, Size = line.Size, Hash = line.Hash, State = line.State }),
        ],
        Proof = signed.Proof,
    };
}
