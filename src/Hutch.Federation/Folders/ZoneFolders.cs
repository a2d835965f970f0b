using Hutch.Datasets.Facility;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Folders;

/// <summary>Sends the requests of a facility's agent to the zone. Thread-safe.</summary>
internal sealed class ZoneFolders(CallerPeers peers) : IZoneFolders
{
    private readonly AnswerTimeout _timeout = new(TimeSpan.FromSeconds(10), peers.Time);

    public Task<Result<FolderAnswer>> DoAsync(string token, FolderRequest request, CancellationToken ct) => peers.CallZoneAsync(
        _timeout, ", which makes invites and sends mail,", PeerCalls.Folders, FolderText.From(token, request), ct);
}
