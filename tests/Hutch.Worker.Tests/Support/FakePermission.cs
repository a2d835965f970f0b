using Hutch.Model;
using Hutch.Processing.Runs;

namespace Hutch.Worker.Tests.Support;

/// <summary>Says yes until it is told to say no.</summary>
internal sealed class FakePermission : IRunPermission
{
    public HutchError? Refusal { get; set; }

    public ValueTask<Result<Done>> CheckAsync(ActiveRun run, CancellationToken ct) => new(Refusal is { } refusal ? refusal : Done.Value);
}
