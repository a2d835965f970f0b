using Hutch.Client.Http;

namespace Hutch.Client;

/// <summary>Parts of runs: many commands that write one dataset, each a folder of its own.</summary>
public static class PartCalls
{
    extension(HutchClient client)
    {
        /// <summary>The parts of a run, in the order of their starts.</summary>
        /// <param name="state">Only those in this state: <c>running</c>, <c>done</c> or <c>failed</c>.</param>
        public IAsyncEnumerable<PartInfo> ListPartsAsync(string run, string? state = null, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Runs.ListParts.At(run).With("state", state), ct);

        /// <summary>Begins an attempt of a part. The same claim again is accepted.</summary>
        public Task<PartInfo> BeginPartAsync(string run, BeginPart begin, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Runs.BeginPart.At(run), begin, ct);

        /// <summary>Ends an attempt of a part without a change of the results.</summary>
        public Task<PartInfo> FailPartAsync(string run, FailPart end, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Runs.FailPart.At(run), end, ct);

        /// <summary>Replaces the folder of a part by files that a push uploaded, and ends the part.</summary>
        public Task<PartInfo> CommitPartAsync(
            string session, CommitHeader header, IEnumerable<CommitChange> files, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Pushes.CommitPart.At(session), request => request.Content = LineContent.From(header, files), ct);
    }
}
