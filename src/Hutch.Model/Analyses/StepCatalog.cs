namespace Hutch.Model.Analyses;

/// <summary>The analysis steps a server offers. The first is the default.</summary>
public sealed class StepCatalog
{
    /// <exception cref="ArgumentException">Two steps have the same name or program.</exception>
    public StepCatalog(IReadOnlyList<StepDeclaration> steps)
    {
        if (steps.DistinctBy(step => step.Name).Count() < steps.Count || steps.DistinctBy(step => step.Program).Count() < steps.Count)
        {
            throw new ArgumentException("Two analysis steps have the same name, or run the same program.", nameof(steps));
        }

        Steps = steps;
    }

    /// <summary>The steps, the default first.</summary>
    public IReadOnlyList<StepDeclaration> Steps { get; }

    /// <summary>The step with this name; the default for null.</summary>
    public Result<StepDeclaration> Find(string? name) =>
        Steps.FirstOrDefault(step => name is null || step.Name == name) is { } found ? found
        : Steps.Count == 0 ? ErrorCode.Unprocessable.With("This server has no analysis steps.")
        : ErrorCode.Unprocessable.With(
            $"No worker offers an analysis step {Display.Quote(name)} at present. Steps: "
            + $"{string.Join(", ", Steps.Select(step => step.Name))}.");
}
