using Hutch.Client.Http;
using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>Parts of runs: many commands that write one dataset, each a folder of its own.</summary>
public static class PartCalls
{
    extension(HutchClient client)
    {
        /// <summary>The parts of a run, in the order of their starts.</summary>
        /// <param name="state">Only those in this state: <c>running</c>, <c>done</c> or <c>failed</c>.</param>
        public IAsyncEnumerable<PartInfo> ListPartsAsync(string run, string? state = null, CancellationToken ct = default) =>
            client.ListAsync($"runs/{Escape(run)}/parts" + Query(("state", state)), HutchJson.Default.PagePartInfo, ct);

        /// <summary>Begins an attempt of a part. The same claim again is accepted.</summary>
        public Task<PartInfo> BeginPartAsync(string run, BeginPart begin, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Post, $"runs/{Escape(run)}/parts", Body(begin, HutchJson.Default.BeginPart).ToContent()),
            repeatable: true, HutchJson.Default.PartInfo, ct);

        /// <summary>Ends an attempt of a part without a change of the results.</summary>
        public Task<PartInfo> FailPartAsync(string run, FailPart end, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Post, $"runs/{Escape(run)}/parts/fail", Body(end, HutchJson.Default.FailPart).ToContent()),
            repeatable: true, HutchJson.Default.PartInfo, ct);

        /// <summary>Replaces the folder of a part by files that a push uploaded, and ends the part.</summary>
        public Task<PartInfo> CommitPartAsync(
            string session, CommitHeader header, IEnumerable<CommitChange> files, CancellationToken ct = default) => client.CallAsync(
                () => Request(
                    HttpMethod.Post, $"sessions/{Escape(session)}/part",
                    LineContent.From(header, HutchJson.Default.CommitHeader, files, HutchJson.Default.CommitChange)),
                repeatable: false, HutchJson.Default.PartInfo, ct);
    }
}
