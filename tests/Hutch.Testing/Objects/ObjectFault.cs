namespace Hutch.Testing.Objects;

/// <summary>A fault of a call of a <see cref="MemoryObjectStore"/>.</summary>
public enum ObjectFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The store refuses finally: it is busy, or the key is wrong. Nothing is changed.</summary>
    Refuse,

    /// <summary>The store cannot be reached; a write was not carried out, but its outcome is unknown.</summary>
    Lose,

    /// <summary>The write is carried out, and its answer is lost.</summary>
    LoseAnswer,

    /// <summary>A write is refused, as the quota of the bucket is used up.</summary>
    Full,

    /// <summary>A read or listing does not see the last write.</summary>
    Stale,
}

/// <summary>An operation of a store.</summary>
public enum ObjectOperation
{
    Put,
    Read,
    FindLength,
    Delete,
    List,
}

/// <summary>A call of a store.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Key">The key of the object; the prefix of a listing.</param>
public readonly record struct ObjectCall(ObjectOperation Operation, string Key);
