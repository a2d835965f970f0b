namespace Hutch.S3.Observation;

/// <summary>
/// What is counted of one request while it goes on. Both texts are of closed lists: the operations, and the error codes of S3.
/// </summary>
internal sealed class RequestTally
{
    /// <summary>Every request that was not refused.</summary>
    public const string Done = "OK";

    /// <summary>The client went away before it was answered.</summary>
    public const string Gone = "ClientGone";

    /// <summary>The operation; before it is known, and for what is none.</summary>
    public string Operation { get; set; } = "Unknown";

    public string Code { get; set; } = Done;

    /// <summary>Bytes of the body.</summary>
    public long Received { get; set; }

    /// <summary>Bytes of an object that were sent.</summary>
    public long Sent { get; set; }
}
