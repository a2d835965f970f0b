using Hutch.Model;

namespace Hutch.Federation.Copies;

/// <summary>Says what came from where, when it was wrong.</summary>
internal static class HomeFault
{
    /// <summary>Says who it was, unless it was this site: its disk, or a quota here.</summary>
    public static HutchError Blame(IHomePeer home, HutchError fault) =>
        fault.Code == ErrorCode.Unavailable || fault.Code == ErrorCode.InsufficientStorage || fault.Code == ErrorCode.OutcomeUnknown
            || fault.Code == ErrorCode.Quarantined || fault.Code == ErrorCode.Internal
            ? fault
            : fault with { Message = $"From {home.Name}: {fault.Message}" };
}
