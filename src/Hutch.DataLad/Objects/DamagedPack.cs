using Hutch.Model;

namespace Hutch.DataLad.Objects;

/// <summary>What is said of a pack, or of an object in it, that is not what git would send.</summary>
internal static class DamagedPack
{
    public static HutchException Refusal() =>
        ErrorCode.BadRequest.With("The pack that git sent is damaged, or is none. Nothing was changed; push again.").ToException();
}
