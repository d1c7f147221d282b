//! Signs in heads, arguments and indexes that begin nothing: they are as if they were not written.
//!
//! Expected outputs were produced by Apache Velocity 1.7.

use crate::support::{Case, PARSE, agree, both, same};

#[test]
fn signs_that_begin_nothing() {
    agree(ROWS);
}

#[rustfmt::skip]
const ROWS: &[Case] = &[
    same("#set($x = $5)$x#set($x = $!'a')$x#set($x = \\$true)$x#set($x =$ 5)$x", "5atrue5"),
    same("#set($x = $true)$x#if($true)T#end#if(!$false)F#end#if($t == $true)E#end", "trueTFE"),
    both("#set($x = $truex)[$x]", "[$x]", "[]"),
    same("#set($x = ${true})", PARSE),
    same("#set($x = $true.x)", PARSE),
    same("#set($x = $ 5)", PARSE),
    same("#set($x = 5 $ )", PARSE),
    same("#set($x = 5$ )$x#set($x = 5 $)$x#set($x = 5 #)$x#set($x = 5# + 1)$x", "5556"),
    same("#set($x = 2 + $3)$x#set($x = 2 $+ 3)$x#set($x = #(2) + #'a')$x", "552a"),
    same("#set($x = #5)", PARSE),
    same("#set($x = $[1])", PARSE),
    same("#set($x = $$.5)", PARSE),
    same("#set($x = $.5)$x", "0.5"),
    same("#set(#$x $= 5)$x", "5"),
    same("#if($(true)$)T#end#if(true#&& $!true)T#end", "TT"),
    same("#if$(true)T#end", "T"),
    same("#foreach(#$i in #[1,2])$i#end", "12"),
    same("#set($x = [$1, 2 $, #[3]])$x#set($x = [$])$x#set($x = [1$..$3])$x", "[1, 2, [3]][][1, 2, 3]"),
    same("#set($x = [ $ ])", PARSE),
    same("#set($x = {$'a'#:$1})$x#set($x = {#})$x", "{a=1}{}"),
    same("$list[$0]$list[0#]$map[#'b']$list[$-1]", "111true"),
    same("$list[ $ 0]", PARSE),
    same("$list.get($!0)$list.get(\\$0)$list.get(0##)$list.size($!)", "1114"),
    same("$list.get(#0)", PARSE),
    same("$list.get( $ 0)", PARSE),
    same("$list.size($ )", PARSE),
    both("$list.nope(#'a', $1)$list.nope[#'a']", "$list.nope(#'a', $1)$list.nope[#'a']", ""),
    same("#foo($5 $true $'a')", "#foo(5 $true 'a')"),
    same("#foo($1 #)#foo($nope.x(#'a'))", "#foo(1 )#foo($nope.x('a'))"),
    same("#set($s = $nope.x(#'a') + $nope# + $)$s", PARSE),
    same("#define(#$b#)x#end$b", "x"),
];

#[test]
fn what_heads_and_arguments_refuse() {
    agree(REFUSED);
}

#[rustfmt::skip]
const REFUSED: &[Case] = &[
    same("#foo($n and 1)", PARSE),
    same("#foo(not)", PARSE),
    same("#endif($n gt 6)", PARSE),
    same("#macro(or)a#end", PARSE),
    same("#foreach($i eq [1])a#end", PARSE),
    same("#foo(#end)", PARSE),
    same("#foo(andx)", "#foo(andx)"),
    same("$name.trim(.length()) x", PARSE),
    same("$name.trim(.length() x", PARSE),
    both("$name.trim(.length(", "$name.trim(.length(", "(.length("),
    both("$name.trim(.length) x", "$name.trim(.length) x", "(.length) x"),
];
