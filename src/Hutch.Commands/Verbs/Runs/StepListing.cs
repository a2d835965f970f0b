using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Commands.Verbs.Runs;

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
                parameters.Add("  " + parameter.Name, Kind(parameter.Kind), parameter.Unit ?? "", Describe(parameter));
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

    /// <summary>Description, choices and default of a parameter.</summary>
    internal static string Describe(ParameterDeclaration parameter)
    {
        string? standard = parameter.Default is { ValueKind: JsonValueKind.String } word
            ? word.GetString()
            : parameter.Default?.GetRawText();
        string description = parameter.Description.TrimEnd('.');
        description += parameter.From is { } key ? $"{(description.Length > 0 ? "; " : "")}from the metadata '{key}'" : "";
        return parameter.Choices is { } choices
            ? $"{description}: {string.Join(" or ", choices.Select(choice => choice == standard ? $"{choice} (default)" : choice))}."
            : standard is null ? description + "." : $"{description} (default {standard}).";
    }

    internal static string Kind(ValueKind kind) => JsonText.Write(kind, HutchJson.Default.ValueKind).Trim('"');
}
