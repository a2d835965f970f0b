namespace Hutch.Objects;

/// <summary>What came of reading a part of an object.</summary>
public enum ObjectReadOutcome
{
    /// <summary>The part was read.</summary>
    Read,

    /// <summary>There is no such object.</summary>
    Missing,

    /// <summary>The object has another length than it should: it was cut, or is another one.</summary>
    Different,
}
