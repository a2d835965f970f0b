namespace Hutch.Model;

/// <summary>Carries a <see cref="HutchError"/> through code that has no other way to return it (streams, enumerators).</summary>
public sealed class HutchException(HutchError error, Exception? inner = null) : Exception(error.Message, inner)
{
    public HutchError Error { get; } = error;
}
