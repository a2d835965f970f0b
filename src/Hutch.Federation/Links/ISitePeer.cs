using Hutch.Federation.Wire;

namespace Hutch.Federation.Links;

/// <summary>Another site, over the network or in a simulation. It may lie.</summary>
internal interface ISitePeer
{
    Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(PeerCall<TRequest, TAnswer> call, TRequest request, CancellationToken ct);
}
