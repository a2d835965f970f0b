using Hutch.Client.Http;
using static Hutch.Client.Http.RestRequest;

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
            client.GetAsync(
                "agent/folders" + Query(("state", state), ("text", text), ("cursor", cursor), ("limit", "1000")),
                HutchJson.Default.FacilityFolders, ct);

        /// <summary>Makes the agent look at a folder at once.</summary>
        public Task RescanFolderAsync(string folder, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Post, "agent/poke", Named(folder).ToContent()), repeatable: true, ct);

        /// <summary>Makes the agent look at all folders again.</summary>
        public Task<FacilityScan> ScanFoldersAsync(CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Post, "agent/scan"), repeatable: true, HutchJson.Default.FacilityScan, ct);

        public Task<FacilityLetter> DraftInviteMailAsync(string folder, CancellationToken ct = default) =>
            client.PostAsync("agent/letter", Named(folder), HutchJson.Default.FacilityLetter, ct);

        public Task<RetentionInfo> GetRetentionAsync(DatasetId id, CancellationToken ct = default) =>
            client.GetAsync($"datasets/{id}/retention", HutchJson.Default.RetentionInfo, ct);

        /// <summary>Keeps the files of a dataset at the facility until a time, or for ever (null).</summary>
        public Task<RetentionInfo> KeepFilesAsync(DatasetId id, DateTimeOffset? until, CancellationToken ct = default) => client.CallAsync(
            () => Request(
                HttpMethod.Put, $"datasets/{id}/retention", Body(new KeepFiles { Until = until }, HutchJson.Default.KeepFiles).ToContent()),
            repeatable: true,
            HutchJson.Default.RetentionInfo,
            ct);
    }

    private static JsonBody<NamedFolder> Named(string folder) => Body(new NamedFolder { Folder = folder }, HutchJson.Default.NamedFolder);
}
