namespace Hutch.Objects;

/// <summary>The outcome of reading a part of an object.</summary>
public enum ObjectReadOutcome
{
    Read,

    Missing,

    /// <summary>The object has an unexpected length: it was cut, or it is another object.</summary>
    Different,
}
