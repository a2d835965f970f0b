namespace Hutch.Testing.Objects;

/// <summary>A fault of a request to a <see cref="FakeBucketStore"/>.</summary>
public enum BucketFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is refused with 503 SlowDown, and the store asks for a wait of seven seconds.</summary>
    SlowDown,

    /// <summary>It is answered with 500 InternalError.</summary>
    InternalError,

    /// <summary>It is carried out, and the connection breaks before the answer.</summary>
    LoseAnswer,

    /// <summary>The connection breaks before it is sent.</summary>
    RefuseConnection,

    /// <summary>The answer breaks off after half of its body.</summary>
    CutBody,

    /// <summary>It is never answered.</summary>
    Hang,

    /// <summary>The answer is the whole object, whatever part was requested.</summary>
    IgnoreRange,
}
