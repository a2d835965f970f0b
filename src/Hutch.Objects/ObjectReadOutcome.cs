namespace Hutch.Objects;

public enum ObjectReadOutcome
{
    Read,

    Missing,

    /// <summary>The object has an unexpected length: it was cut, or it is another object.</summary>
    Different,
}
