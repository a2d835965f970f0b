namespace Hutch.Site.Blobs;

/// <summary>Why a buffer is not filled further.</summary>
internal enum FillResult
{
    Full,

    BodyEnded,

    /// <summary>Others needed the memory: what it held was put away, and the next byte begins a new one.</summary>
    PutAway,
}
