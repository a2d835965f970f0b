namespace Hutch.Client;

/// <summary>Snapshots, differences and verification.</summary>
public static class SnapshotCalls
{
    extension(HutchClient client)
    {
        /// <summary>The snapshots of a dataset, newest first.</summary>
        public IAsyncEnumerable<SnapshotInfo> ListSnapshotsAsync(DatasetId id, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Snapshots.List.At(id), ct);

        /// <summary>One snapshot, by number, tag, hash prefix or git commit.</summary>
        public Task<SnapshotInfo> GetSnapshotAsync(DatasetId id, string reference, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Snapshots.Find.At(id, reference), ct);

        /// <summary>The datasets inside a snapshot, in the order of their paths.</summary>
        public IAsyncEnumerable<SubdatasetInfo> ListSubdatasetsAsync(DatasetId id, string reference, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Snapshots.ListSubdatasets.At(id, reference).With("limit", "1000"), ct);

        public Task<SnapshotInfo> CreateSnapshotAsync(DatasetId id, CreateSnapshot snapshot, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Snapshots.Create.At(id), snapshot, ct);

        public Task PutTagAsync(DatasetId id, string tag, PutTag target, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Snapshots.PutTag.At(id, tag), target, ct);

        public Task DeleteTagAsync(DatasetId id, string tag, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Snapshots.RemoveTag.At(id, tag), ct);

        public Task<SnapshotInfo> RevertAsync(DatasetId id, RevertDataset revert, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Snapshots.Revert.At(id), revert, ct);

        /// <summary>Moves or renames files and folders in one change; gives the new snapshot.</summary>
        public Task<SnapshotInfo> MoveAsync(DatasetId id, MoveFiles move, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Snapshots.Move.At(id), move, ct);

        public Task<SnapshotInfo> RemoveAsync(DatasetId id, RemoveFiles remove, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Snapshots.Remove.At(id), remove, ct);

        /// <summary>
        /// Compares two snapshots, the second one of <paramref name="other"/> unless that is null. If <paramref name="to"/> is null, the
        /// second is the head, which is fixed first; so is the first of two datasets if <paramref name="from"/> is null.
        /// </summary>
        public Task<FixedListing<DiffLine>> DiffAsync(
            DatasetId id, string? from, string? to, DatasetId? other = null, CancellationToken ct = default) =>
            client.OpenListingAsync(RestCalls.Streams.Diff.At(id).With("from", from).With("to", to).With("with", other), ct);

        /// <summary>Makes the server read every byte of a dataset and compare it with its hash; yields its progress.</summary>
        public async IAsyncEnumerable<VerifyLine> VerifyAsync(
            DatasetId id, string? at, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
        {
            using HttpResponseMessage response = await client.OpenAsync(RestCalls.Streams.Verify.At(id).With("at", at), ct);
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
