namespace Hutch.DataLad.Objects;

/// <summary>Where objects go that are made on the way through a version.</summary>
internal interface IObjectSink
{
    /// <summary>Whether the object is still wanted; what is not need not be read.</summary>
    bool Needs(ObjectId id);

    /// <summary>Takes an object that it wants.</summary>
    void Write(ObjectKind kind, ObjectId id, ReadOnlySpan<byte> content);
}

/// <summary>Wants nothing: for whoever needs names only.</summary>
internal sealed class NoObjects : IObjectSink
{
    public static NoObjects Instance { get; } = new();

    public bool Needs(ObjectId id) => false;

    public void Write(ObjectKind kind, ObjectId id, ReadOnlySpan<byte> content)
    {
        // Never called: it wants none.
    }
}
