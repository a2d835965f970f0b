using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Receiving;

/// <summary>The new objects of a push.</summary>
internal interface IPushedObjects
{
    /// <summary>Gives each object to the sink: whole, and named by its content.</summary>
    /// <exception cref="HutchException">They are damaged, or exceed a limit.</exception>
    void Unpack(IObjectSink sink, DataLadOptions options, CancellationToken ct);
}
