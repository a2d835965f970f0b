namespace Hutch.Commands.Hosting;

internal static class OptionSuggestions
{
    extension<T>(Option<T> option)
    {
        /// <summary>Has the shell complete these words; others are valid, too.</summary>
        internal Option<T> Suggesting(params string[] words)
        {
            option.CompletionSources.Add(words);
            return option;
        }
    }
}
