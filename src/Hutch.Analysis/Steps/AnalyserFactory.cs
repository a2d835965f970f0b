namespace Hutch.Analysis.Steps;

/// <summary>Creates the analysers of one run, one for each thread.</summary>
/// <param name="create">Creates one; an error fails the run.</param>
/// <param name="shared">The resources that they share; null for none.</param>
internal sealed class AnalyserFactory(Func<Result<IImageAnalyser>> create, IDisposable? shared = null) : IDisposable
{
    public Result<IImageAnalyser> Create() => create();

    public void Dispose() => shared?.Dispose();
}
