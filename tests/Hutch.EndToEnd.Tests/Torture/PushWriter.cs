using System.Formats.Tar;
using System.Net.Http.Headers;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>Changes many files at once, by push sessions: all of a commit is there, or none.</summary>
internal sealed class PushWriter(DatasetId dataset, int seed, string token) : Writer(dataset, "", seed)
{
    private const int MaxFiles = 40;

    protected override async Task ChangeAsync(HutchClient client, CancellationToken ct)
    {
        DatasetInfo info = await client.GetDatasetAsync(Dataset, ct);
        long? start = info.Snapshots > 0 ? info.Snapshots : null;
        PushSession session = await client.StartPushAsync(Dataset, new StartPush { Base = start }, ct);

        Dictionary<BlobHash, byte[]> blobs = [];
        Dictionary<string, CommitChange> changes = new(StringComparer.Ordinal);
        for (int i = Random.Next(1, MaxFiles); i > 0; i--)
        {
            CommitChange change = Draw(blobs);
            changes[change.Path] = change;
        }

        await UploadMissingAsync(client, session, blobs, ct);
        Ledger.Send([.. changes.Values.Select(change => (change.Path, change.Hash))]);
        CommitHeader header = new() { Message = "a push", Base = start, Changes = changes.Count };
        await client.CommitAsync(session.Id, header, [.. changes.Values], ct);
        Ledger.Acknowledge();
        Bytes += blobs.Values.Sum(bytes => (long)bytes.Length);
    }

    private CommitChange Draw(Dictionary<BlobHash, byte[]> blobs)
    {
        if (Ledger.Paths.Count > 0 && Random.Next(5) == 0)
        {
            return new CommitChange { Op = ChangeOperations.Delete, Path = DrawKnownPath() };
        }

        byte[] bytes = Content.Draw(Random);
        BlobHash hash = Content.Hash(bytes);
        blobs[hash] = bytes;
        return new CommitChange { Op = ChangeOperations.Put, Path = DrawPath(), Kind = EntryKinds.File, Hash = hash, Size = bytes.Length };
    }

    private async Task UploadMissingAsync(HutchClient client, PushSession session, Dictionary<BlobHash, byte[]> blobs, CancellationToken ct)
    {
        OfferedBlob[] offered = [.. blobs.Select(blob => new OfferedBlob { Hash = blob.Key, Size = blob.Value.Length })];
        List<BlobHash> missing = [];
        await foreach (BlobHash hash in client.NegotiateAsync(session.Id, offered, ct))
        {
            missing.Add(hash);
        }

        if (missing.Count == 0)
        {
            return;
        }

        using MemoryStream tar = new();
        await using (TarWriter writer = new(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (BlobHash hash in missing)
            {
                UstarTarEntry member = new(TarEntryType.RegularFile, $"blobs/{hash}") { DataStream = new MemoryStream(blobs[hash]) };
                await writer.WriteEntryAsync(member, ct);
            }
        }

        // A tar without members has no end mark either. A push that only deletes, or that names stored blobs, uploads nothing.
        if (tar.Length > 0)
        {
            await UploadAsync(client.Remote, session.Id, tar.ToArray(), ct);
        }
    }

    private async Task UploadAsync(Uri remote, string session, byte[] tar, CancellationToken ct)
    {
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(remote, $"api/v1/sessions/{session}/blobs"))
        {
            Content = new ByteArrayContent(tar),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(HutchMediaTypes.Tar);
        using HttpResponseMessage answer = await http.SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"The upload was answered with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
        }
    }
}
