using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>Puts, overwrites and deletes single files, and fixes a snapshot now and then.</summary>
internal sealed class EntryWriter(DatasetId dataset, string prefix, int seed) : Writer(dataset, prefix, seed)
{
    protected override Task ChangeAsync(HutchClient client, CancellationToken ct) => Random.Next(100) switch
    {
        < 10 when Ledger.Paths.Count > 0 => DeleteAsync(client, ct),
        < 13 => client.CreateSnapshotAsync(Dataset, new CreateSnapshot { Message = "in between" }, ct),
        _ => PutAsync(client, ct),
    };

    private async Task PutAsync(HutchClient client, CancellationToken ct)
    {
        string path = DrawPath();
        byte[] bytes = Content.Draw(Random);
        BlobHash hash = Content.Hash(bytes);
        Ledger.Send((path, hash));
        await client.PutEntryAsync(Dataset, path, bytes, Random.Next(2) == 0 ? hash : null, ct: ct);
        Ledger.Acknowledge();
        Bytes += bytes.Length;
    }

    private async Task DeleteAsync(HutchClient client, CancellationToken ct)
    {
        string path = DrawKnownPath();
        Ledger.Send((path, null));
        await client.DeleteEntryAsync(Dataset, path, ct);
        Ledger.Acknowledge();
    }
}
