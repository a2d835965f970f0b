using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Cli.Verbs.Runs;

internal static class StepListing
{
    internal static async Task PrintAsync(CliContext context, CancellationToken cancellationToken)
    {
        bool isEmpty = true;
        await foreach (StepDeclaration step in context.Server.ListAnalysisStepsAsync(cancellationToken))
        {
            isEmpty = false;
            if (context.Json)
            {
                context.PrintJson(step, HutchJson.Default.StepDeclaration);
                continue;
            }

            context.Host.Out.WriteLine($"{step.Name}: {step.Description}");
            var parameters = new TextTable("  parameter", "kind", "unit", "description");
            foreach (ParameterDeclaration parameter in step.Parameters)
            {
                parameters.Add("  " + parameter.Name, Kind(parameter.Kind), parameter.Unit ?? "", StepOptions.Describe(parameter));
            }

            parameters.Write(context.Host.Out);
            var columns = new TextTable("  column", "kind", "unit", "description");
            foreach (ResultColumn column in step.Columns)
            {
                columns.Add("  " + column.Name, Kind(column.Kind), column.Unit ?? "", column.Description);
            }

            columns.Write(context.Host.Out);
        }

        if (isEmpty)
        {
            context.WriteEmpty("This server has no analysis steps.");
        }
    }

    private static string Kind(ValueKind kind) => JsonText.Write(kind, HutchJson.Default.ValueKind).Trim('"');
}
