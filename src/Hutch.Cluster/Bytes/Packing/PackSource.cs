using Hutch.Storage.Packs;

namespace Hutch.Cluster.Bytes.Packing;

/// <param name="NewId">Draws the secret ids of packs.</param>
internal sealed record PackSource(Guid Site, Guid Server, Func<Guid> NewId, TimeProvider Time)
{
    public PackIdentity Identify(long number, Lane lane, string? previous) => new(number, lane, NewId(), Site, Time.GetUtcNow(), previous);
}
