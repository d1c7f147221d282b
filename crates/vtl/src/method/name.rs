//! The names of methods, looked up once when a template is parsed.

use std::fmt;

macro_rules! methods {
    ($($method:ident $name:literal,)*) => {
        /// The methods that values of templates have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Method {
            $($method,)*
            /// Only a host's object may have it.
            Other,
        }

        impl Method {
            fn named(name: &str) -> Self {
                match name {
                    $($name => Self::$method,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

methods! {
    Abs "abs", Add "add", AddAll "addAll", And "and", AndNot "andNot", BitCount "bitCount",
    BitLength "bitLength", BooleanValue "booleanValue", ByteValue "byteValue",
    ByteValueExact "byteValueExact", CharAt "charAt", CharCount "charCount", CharValue "charValue",
    Clear "clear", ClearBit "clearBit", Clone "clone", CodePointAt "codePointAt",
    CodePointBefore "codePointBefore", CodePointCount "codePointCount", Compare "compare",
    CompareTo "compareTo", CompareToIgnoreCase "compareToIgnoreCase",
    CompareUnsigned "compareUnsigned", Compute "compute", ComputeIfAbsent "computeIfAbsent",
    ComputeIfPresent "computeIfPresent", Concat "concat", Contains "contains",
    ContainsAll "containsAll", ContainsKey "containsKey", ContainsValue "containsValue",
    ContentEquals "contentEquals", CopyOf "copyOf", CopyValueOf "copyValueOf", Decode "decode",
    Digit "digit", Divide "divide", DivideAndRemainder "divideAndRemainder",
    DivideUnsigned "divideUnsigned", DoubleToLongBits "doubleToLongBits",
    DoubleToRawLongBits "doubleToRawLongBits", DoubleValue "doubleValue", EndsWith "endsWith",
    EnsureCapacity "ensureCapacity", EntrySet "entrySet", Equals "equals",
    EqualsIgnoreCase "equalsIgnoreCase", FlipBit "flipBit", FloatValue "floatValue",
    ForDigit "forDigit", ForEach "forEach", Format "format", Formatted "formatted", Gcd "gcd",
    Get "get", GetBoolean "getBoolean", GetBytes "getBytes", GetKey "getKey",
    GetNumericValue "getNumericValue", GetOrDefault "getOrDefault", GetValue "getValue",
    HashCode "hashCode", HasNext "hasNext",
    HighestOneBit "highestOneBit", HighSurrogate "highSurrogate", Indent "indent",
    IndexOf "indexOf", Intern "intern", IntValue "intValue", IntValueExact "intValueExact",
    IsAlphabetic "isAlphabetic", IsBlank "isBlank", IsBmpCodePoint "isBmpCodePoint",
    IsDigit "isDigit", IsEmpty "isEmpty", IsFinite "isFinite", IsHighSurrogate "isHighSurrogate",
    IsInfinite "isInfinite", IsISOControl "isISOControl", IsLetter "isLetter",
    IsLetterOrDigit "isLetterOrDigit", IsLowerCase "isLowerCase", IsLowSurrogate "isLowSurrogate",
    IsNaN "isNaN", IsSpaceChar "isSpaceChar", IsSupplementaryCodePoint "isSupplementaryCodePoint",
    IsSurrogate "isSurrogate", IsSurrogatePair "isSurrogatePair", IsUpperCase "isUpperCase",
    IsValidCodePoint "isValidCodePoint", IsWhitespace "isWhitespace", Iterator "iterator",
    Join "join", KeySet "keySet", LastIndexOf "lastIndexOf", Length "length",
    ListIterator "listIterator", LogicalAnd "logicalAnd", LogicalOr "logicalOr",
    LogicalXor "logicalXor", LongBitsToDouble "longBitsToDouble", LongValue "longValue",
    LongValueExact "longValueExact", LowestOneBit "lowestOneBit", LowSurrogate "lowSurrogate",
    Matches "matches", Max "max", Merge "merge", Min "min", Mod "mod", Multiply "multiply",
    Negate "negate", Next "next", Not "not",
    NumberOfLeadingZeros "numberOfLeadingZeros", NumberOfTrailingZeros "numberOfTrailingZeros",
    Of "of", OffsetByCodePoints "offsetByCodePoints", Or "or", ParseBoolean "parseBoolean",
    ParseDouble "parseDouble", ParseFloat "parseFloat", ParseInt "parseInt", ParseLong "parseLong",
    ParseUnsignedInt "parseUnsignedInt", ParseUnsignedLong "parseUnsignedLong", Pow "pow",
    Precision "precision", Put "put",
    PutAll "putAll", PutIfAbsent "putIfAbsent", RegionMatches "regionMatches",
    Remainder "remainder", RemainderUnsigned "remainderUnsigned", Remove "remove",
    RemoveAll "removeAll", RemoveIf "removeIf", Repeat "repeat", Replace "replace",
    ReplaceAll "replaceAll", ReplaceFirst "replaceFirst", RetainAll "retainAll", Reverse "reverse",
    ReverseBytes "reverseBytes", RotateLeft "rotateLeft", RotateRight "rotateRight", Scale "scale",
    Set "set", SetBit "setBit", SetScale "setScale", SetValue "setValue", ShiftLeft "shiftLeft",
    ShiftRight "shiftRight", ShortValue "shortValue", ShortValueExact "shortValueExact",
    Signum "signum", Size "size", Sort "sort", Split "split", Sqrt "sqrt", StartsWith "startsWith",
    Strip "strip", StripIndent "stripIndent", StripLeading "stripLeading",
    StripTrailing "stripTrailing", StripTrailingZeros "stripTrailingZeros", SubList "subList",
    SubSequence "subSequence", Substring "substring", Subtract "subtract", Sum "sum",
    TestBit "testBit", ToArray "toArray", ToBigInteger "toBigInteger",
    ToBinaryString "toBinaryString", ToCharArray "toCharArray", ToChars "toChars",
    ToCodePoint "toCodePoint", ToHexString "toHexString", ToLowerCase "toLowerCase",
    ToOctalString "toOctalString", ToPlainString "toPlainString", ToString "toString",
    ToTitleCase "toTitleCase", ToUnsignedLong "toUnsignedLong",
    ToUnsignedString "toUnsignedString", ToUpperCase "toUpperCase",
    TranslateEscapes "translateEscapes", Trim "trim", TrimToSize "trimToSize", ValueOf "valueOf",
    Values "values", Xor "xor",
}

/// The name of a method, looked up once.
pub(crate) struct MethodName {
    pub(super) method: Method,
    pub(super) text: Box<str>,
}

impl MethodName {
    pub(crate) fn of(text: &str) -> Self {
        Self { method: Method::named(text), text: text.into() }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// What the method without arguments makes of a text that is ASCII, if it changes it in place.
    pub(crate) fn change_of_ascii(&self) -> Option<fn(&mut str)> {
        match self.method {
            Method::ToLowerCase => Some(str::make_ascii_lowercase),
            Method::ToUpperCase => Some(str::make_ascii_uppercase),
            _ => None,
        }
    }
}

impl fmt::Debug for MethodName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}
