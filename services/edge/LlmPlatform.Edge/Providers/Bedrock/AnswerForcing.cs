namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>How a model on Bedrock is made to answer in a given form.</summary>
internal enum AnswerForcing
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Converse takes the schema itself (<c>outputConfig</c>).</summary>
    Native,

    /// <summary>The form is that of a tool's arguments, and the model must call the tool.</summary>
    Tool,

    /// <summary>The same for models that can be told to call some tool, but not which.</summary>
    AnyTool,
}
