namespace Hutch.DataLad.Objects;

/// <summary>The error for a pack, or an object in it, that git would not send.</summary>
internal static class DamagedPack
{
    public static HutchException Refusal() =>
        ErrorCode.BadRequest.With("The pack that git sent is damaged, or is none. Nothing was changed; push again.").ToException();
}
