namespace Hutch.Storage.Packs;

/// <summary>The identity of a pack, its first member.</summary>
public sealed record PackIdentity(long Number, Lane Lane, Guid Id, Guid Store, DateTimeOffset Created, string? Previous);
