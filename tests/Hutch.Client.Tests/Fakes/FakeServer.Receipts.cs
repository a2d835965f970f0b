using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Model.Sites;

namespace Hutch.Client.Tests.Fakes;

/// <content>Receipts.</content>
internal sealed partial class FakeServer
{
    private static readonly ECDsa FirstKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The key that signs receipts.</summary>
    internal ECDsa SiteKey { get; set; } = FirstKey;

    /// <summary>The state of a file in a receipt.</summary>
    internal string ReceiptState { get; set; } = ReceiptStates.Stored;

    /// <summary>Changes receipts after they were signed.</summary>
    internal Func<ReceiptList, ReceiptList> Forge { get; set; } = static list => list;

    /// <summary>Called after a commit, before its answer.</summary>
    internal Action Committed { get; set; } = static () => { };

    private HttpResponseMessage Receipts(HttpRequestMessage request, byte[] body)
    {
        AskReceipts asked = JsonSerializer.Deserialize(body, HutchJson.Default.AskReceipts)!;
        SortedDictionary<string, EntryInfo> tree = Tree(request, "at", out long number);
        FileReceipt[] files =
        [
            .. asked.Paths.Distinct().Order(Utf8Order.Comparer).Where(path => tree.TryGetValue(path, out EntryInfo? entry) && entry.Hash is not null)
                .Select(path => new FileReceipt { Path = path, Size = tree[path].Size!.Value, Hash = tree[path].Hash!.Value, State = ReceiptState }),
        ];
        byte[] key = SiteKey.ExportSubjectPublicKeyInfo();
        var statement = new ReceiptStatement(
            BlobHash.Compute(key), Dataset, number, DateTimeOffset.UnixEpoch, asked.Nonce,
            [.. files.Select(file => new ReceiptLine(file.Path, file.Size, file.Hash, file.State))]);
        var list = new ReceiptList
        {
            Site = SiteKeyText.Format(statement.Site),
            Dataset = Dataset,
            Snapshot = number,
            Time = 0,
            Nonce = asked.Nonce,
            Files = files,
            Proof = SiteSignature.Format(key, SiteKey.SignData(statement.ToBytes(), HashAlgorithmName.SHA256)),
        };
        return Json(Forge(list), HutchJson.Default.ReceiptList);
    }
}
