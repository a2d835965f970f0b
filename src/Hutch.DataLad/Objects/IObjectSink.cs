namespace Hutch.DataLad.Objects;

/// <summary>Receives the objects that are made during the synthesis of a version.</summary>
internal interface IObjectSink
{
    /// <summary>Returns true if the object is still needed; other objects need not be read.</summary>
    bool Needs(ObjectId id);

    void Write(ObjectKind kind, ObjectId id, ReadOnlySpan<byte> content);
}

/// <summary>Needs no objects: for callers that need names only.</summary>
internal sealed class NoObjects : IObjectSink
{
    public static NoObjects Instance { get; } = new();

    public bool Needs(ObjectId id) => false;

    public void Write(ObjectKind kind, ObjectId id, ReadOnlySpan<byte> content)
    {
        // Never called: it wants none.
    }
}
