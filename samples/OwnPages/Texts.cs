namespace OwnPages;

/// <summary>Names the resources Texts.resx and Texts.de.resx.</summary>
internal sealed class Texts;
