using Hutch.Testing.Objects;

namespace Hutch.Objects.Tests;

/// <summary>The store in memory, as good as a real one.</summary>
public sealed class MemoryObjectStoreTests : ObjectStoreConformance
{
    internal override IObjectStore Store { get; } = new MemoryObjectStore();
}
