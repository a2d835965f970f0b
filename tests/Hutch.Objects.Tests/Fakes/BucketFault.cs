namespace Hutch.Objects.Tests.Fakes;

/// <summary>What can go wrong with a request to a <see cref="FakeBucketStore"/>.</summary>
internal enum BucketFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is refused with 503 SlowDown, and a wait of seven seconds is asked for.</summary>
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

    /// <summary>The whole object is answered, whatever part was asked for.</summary>
    IgnoreRange,
}
