namespace Hutch.S3.Observation;

/// <summary>The labels of one request for the metrics. Both come from closed lists: the operations, and the error codes of S3.</summary>
internal class RequestTally
{
    /// <summary>Every request that was not refused.</summary>
    public const string Done = "OK";

    /// <summary>The client went away before it was answered.</summary>
    public const string Gone = "ClientGone";

    /// <summary>The operation; <c>Unknown</c> before it is known, and for requests without one.</summary>
    public string Operation { get; set; } = "Unknown";

    public string Code { get; set; } = Done;

    /// <summary>Bytes of the body.</summary>
    public long Received { get; set; }

    /// <summary>Bytes of an object that were sent.</summary>
    public long Sent { get; set; }
}
