using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>Snapshots, differences and verification.</summary>
public static class SnapshotCalls
{
    extension(HutchClient client)
    {
        /// <summary>The snapshots of a dataset, newest first.</summary>
        public IAsyncEnumerable<SnapshotInfo> ListSnapshotsAsync(DatasetId id, CancellationToken ct = default) =>
            client.ListAsync($"datasets/{id}/snapshots", HutchJson.Default.PageSnapshotInfo, ct);

        /// <summary>One snapshot, by number, tag or hash prefix.</summary>
        public Task<SnapshotInfo> GetSnapshotAsync(DatasetId id, string reference, CancellationToken ct = default) =>
            client.GetAsync($"datasets/{id}/snapshots/{Escape(reference)}", HutchJson.Default.SnapshotInfo, ct);

        public Task<SnapshotInfo> CreateSnapshotAsync(DatasetId id, CreateSnapshot snapshot, CancellationToken ct = default) =>
            client.PostAsync(
                $"datasets/{id}/snapshots", Body(snapshot, HutchJson.Default.CreateSnapshot), HutchJson.Default.SnapshotInfo, ct);

        public Task PutTagAsync(DatasetId id, string tag, PutTag target, CancellationToken ct = default)
        {
            var body = Body(target, HutchJson.Default.PutTag);
            return client.CallAsync(
                () => Request(HttpMethod.Put, $"datasets/{id}/tags/{Escape(tag)}", body.ToContent()), repeatable: true, ct);
        }

        public Task DeleteTagAsync(DatasetId id, string tag, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"datasets/{id}/tags/{Escape(tag)}"), repeatable: false, ct);

        public Task<SnapshotInfo> RevertAsync(DatasetId id, RevertDataset revert, CancellationToken ct = default) =>
            client.PostAsync($"datasets/{id}/revert", Body(revert, HutchJson.Default.RevertDataset), HutchJson.Default.SnapshotInfo, ct);

        /// <summary>Moves or renames files and folders in one change; gives the new snapshot.</summary>
        public Task<SnapshotInfo> MoveAsync(DatasetId id, MoveFiles move, CancellationToken ct = default) =>
            client.PostAsync($"datasets/{id}/move", Body(move, HutchJson.Default.MoveFiles), HutchJson.Default.SnapshotInfo, ct);

        public Task<SnapshotInfo> RemoveAsync(DatasetId id, RemoveFiles remove, CancellationToken ct = default) =>
            client.PostAsync($"datasets/{id}/remove", Body(remove, HutchJson.Default.RemoveFiles), HutchJson.Default.SnapshotInfo, ct);

        /// <summary>
        /// Compares two snapshots, the second one of <paramref name="other"/> unless that is null. If <paramref name="to"/> is null, the
        /// second is the head, which is fixed first; so is the first of two datasets if <paramref name="from"/> is null.
        /// </summary>
        public Task<FixedListing<DiffLine>> DiffAsync(
            DatasetId id, string? from, string? to, DatasetId? other = null, CancellationToken ct = default) =>
            client.OpenListingAsync(
                $"datasets/{id}/diff" + Query(("from", from), ("to", to), ("with", other?.ToString())), HutchJson.Default.DiffLine, ct);

        /// <summary>Makes the server read every byte of a dataset and compare it with its hash; yields its progress.</summary>
        public async IAsyncEnumerable<VerifyLine> VerifyAsync(
            DatasetId id, string? at, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
        {
            string path = $"datasets/{id}/verify" + Query(("at", at));
            using HttpResponseMessage response = await client.SendAsync(() => Request(HttpMethod.Post, path), repeatable: true, ct);
            await using Stream body = await response.Content.ReadAsStreamAsync(ct);
            VerifyLine? last = null;
            await foreach (VerifyLine line in client.Shielded(Http.LineReader.ReadWithEndAsync(body, HutchJson.Default.VerifyLine, ct)))
            {
                last = line;
                yield return line;
            }

            Http.LineReader.CheckEnd(last?.End, last?.Problem);
        }
    }
}
