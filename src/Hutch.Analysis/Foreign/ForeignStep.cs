using Hutch.Analysis.Spots;
using Hutch.Analysis.Steps;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Foreign;

/// <summary>
/// A step whose program is another process, in any language. Each frame is decoded into memory that the program shares; a line of JSON
/// announces it, and a line of JSON is its row. See docs/reference/foreign-steps.md.
/// </summary>
internal sealed class ForeignStep : ImageStep
{
    private readonly StepCommand _command;
    private readonly Func<string, Result<string?>> _hash;
    private readonly TimeProvider _time;

    private ForeignStep(StepDeclaration declaration, StepCommand command, Func<string, Result<string?>> hash, TimeProvider time) =>
        (Declaration, _command, _hash, _time) = (declaration, command, hash, time);

    public override StepDeclaration Declaration { get; }

    /// <summary>Starts the program once, for its declaration.</summary>
    public static Result<ForeignStep> Open(StepCommand command, Func<string, Result<string?>> hash, TimeProvider time)
    {
        if (!StepChild.Start(command, null).TryGet(out StepChild? child, out HutchError? refusal))
        {
            return refusal;
        }

        using (child)
        {
            refusal = child.ReadHello(command.StartLimit, time, out ReadOnlyMemory<byte> hello);
            return refusal ?? ForeignDeclaration.Read(hello.Span, command, hash).Then<ForeignStep>(
                declaration => new ForeignStep(declaration, command, hash, time));
        }
    }

    protected override AnalyserFactory Begin(FrameHeader header, DetectorMask mask, ParameterValues values)
    {
        var programs = new StepPrograms(_command, header, mask, values, [.. OwnColumns()], CheckSame, _time);
        return new AnalyserFactory(programs.Create, programs);
    }

    protected override Result<IImageAnalyser> Create(FrameHeader header, DetectorMask mask, ParameterValues values) =>
        Begin(header, mask, values).Create();

    // The frame of a program is in memory of its own, and its mask once more.
    protected override long WorkingBytes(long pixels) => pixels;

    private IEnumerable<ResultColumn> OwnColumns() => Declaration.Columns.Where(column => !column.IsOptional);

    /// <summary>Compares the first line of a program that starts later with the declaration of the run.</summary>
    private HutchError? CheckSame(ReadOnlyMemory<byte> hello) =>
        !ForeignDeclaration.Read(hello.Span, _command, _hash).TryGet(out StepDeclaration? now, out HutchError? refusal) ? refusal
        : now.Version == Declaration.Version ? null
        : ErrorCode.Conflict.With(
            $"The code of the step '{Declaration.Name}' changed after its worker started. Restart the worker, then start the analysis "
            + "again.");
}
