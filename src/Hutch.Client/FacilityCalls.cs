namespace Hutch.Client;

/// <summary>The facility agent of the server.</summary>
public static class FacilityCalls
{
    extension(HutchClient client)
    {
        /// <param name="state">Only those in this state; null for all.</param>
        /// <param name="text">Only those with this text in path or name; null for all.</param>
        /// <param name="cursor">The <c>next</c> of the page before; null for the first.</param>
        public Task<FacilityFolders> GetFacilityFoldersAsync(string? state, string? text, string? cursor, CancellationToken ct = default) =>
            client.CallAsync(
                RestCalls.Facility.ListFolders.At()
                    .With("state", state).With("text", text).With("cursor", cursor).With("limit", 1000),
                ct);

        /// <summary>Makes the agent look at a folder at once.</summary>
        public Task RescanFolderAsync(string folder, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Facility.Rescan.At(), new NamedFolder { Folder = folder }, ct);

        /// <summary>Makes the agent look at all folders again.</summary>
        public Task<FacilityScan> ScanFoldersAsync(CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Facility.ScanAll.At(), ct);

        /// <summary>Makes existing folders of the server datasets, or plans it.</summary>
        public Task<AdoptionInfo> AdoptFolderAsync(AdoptFolder adopt, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Facility.Adopt.At(), adopt, ct);

        /// <summary>Lists adopted folders.</summary>
        /// <param name="cursor">The <c>next</c> of the page before; null for the first.</param>
        public Task<FacilityFolders> GetAdoptedFoldersAsync(string? cursor, CancellationToken ct = default) =>
            client.CallAsync(
                RestCalls.Facility.ListFolders.At().With("adopted", true).With("cursor", cursor).With("limit", 1000), ct);

        public Task<FacilityLetter> DraftInviteMailAsync(string folder, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Facility.DraftLetter.At(), new NamedFolder { Folder = folder }, ct);

        public Task<RetentionInfo> GetRetentionAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Facility.FindRetention.At(id), ct);

        /// <summary>Keeps the files of a dataset at the facility until a time, or for ever (null).</summary>
        public Task<RetentionInfo> KeepFilesAsync(DatasetId id, DateTimeOffset? until, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Facility.SetRetention.At(id), new KeepFiles { Until = until }, ct);
    }
}
