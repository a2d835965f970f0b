namespace Hutch.Objects.Tests.Fakes;

/// <summary>What can go wrong with a call of a <see cref="MemoryObjectStore"/>.</summary>
internal enum ObjectFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The store refuses, for good: it is busy, or the key is wrong. Nothing is changed.</summary>
    Refuse,

    /// <summary>The store cannot be reached; a write has not been carried out, but nobody can know.</summary>
    Lose,

    /// <summary>The write is carried out, and its answer is lost.</summary>
    LoseAnswer,

    /// <summary>A read or listing is answered as if the last write had not been.</summary>
    Stale,
}

/// <summary>What a store is asked.</summary>
internal enum ObjectOperation
{
    Put,
    Read,
    FindLength,
    Delete,
    List,
}

/// <summary>A call of a store.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Key">Of which object; the prefix of a listing.</param>
internal readonly record struct ObjectCall(ObjectOperation Operation, string Key);
