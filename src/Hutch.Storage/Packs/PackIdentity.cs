namespace Hutch.Storage.Packs;

/// <summary>What a pack says of itself in its first member.</summary>
/// <param name="Number">Its number: higher than those of packs before it.</param>
/// <param name="Lane">The lane of all its members.</param>
/// <param name="Id">A random id that no user may learn: it tells the groups of the pack from blobs that look like them.</param>
/// <param name="Store">The site that it belongs to.</param>
/// <param name="Created">When it is made.</param>
/// <param name="Previous">The seal of the pack before it in its lane, so that a missing one is noticed; null for none.</param>
public sealed record PackIdentity(long Number, Lane Lane, Guid Id, Guid Store, DateTimeOffset Created, string? Previous);
