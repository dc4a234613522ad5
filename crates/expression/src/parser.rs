//! Reads a condition by recursive descent, a function for each rule of the grammar.

use serde_json::Value;

use crate::cursor::Cursor;
use crate::error::ParseError;
use crate::lexer::Token;
use crate::node::{Comparison, Node, Operand, Operator};
use crate::scope::Scope;

const KEYWORDS: [&str; 6] = ["AND", "OR", "NOT", "HAS", "IN", "CONTAINS"];
const OPERATORS_HINT: &str = "an operator is one of ==, !=, >, >=, <, <=, CONTAINS, HAS, IN, NOT IN";
const OPERANDS_HINT: &str = "a value is an attribute, quoted text, a number, true, false, null or an [array]";

/// Reads a whole text as one condition.
pub(crate) fn parse(text: &str, scope: Scope) -> Result<Node, ParseError> {
    let mut parser = Parser { cursor: Cursor::new(text)?, scope };
    if parser.cursor.token == Token::End {
        let fault = parser.cursor.fault("the expression is empty");
        return Err(fault.hint("write 1 == 1 for one that is always true"));
    }
    let node = parser.any()?;
    parser.expect_end()?;
    Ok(node)
}

struct Parser<'t> {
    cursor: Cursor<'t>,
    scope: Scope,
}

impl Parser<'_> {
    /// expr := and { "OR" and }
    fn any(&mut self) -> Result<Node, ParseError> {
        let mut parts = vec![self.all()?];
        while self.cursor.eat_keyword("OR")? {
            parts.push(self.all()?);
        }
        Ok(joined(parts, Node::Any))
    }

    /// and := unary { "AND" unary }
    fn all(&mut self) -> Result<Node, ParseError> {
        let mut parts = vec![self.unary()?];
        while self.cursor.eat_keyword("AND")? {
            parts.push(self.unary()?);
        }
        Ok(joined(parts, Node::All))
    }

    /// unary := "NOT" unary | primary
    fn unary(&mut self) -> Result<Node, ParseError> {
        let start = self.cursor.span.start;
        if !self.cursor.eat_keyword("NOT")? {
            return self.primary();
        }
        if self.is_at_end_of_condition() {
            let fault = self.cursor.fault_at(start, "NOT is followed by no condition");
            return Err(fault.hint("write NOT (a == b)"));
        }
        self.cursor.descend()?;
        let part = Box::new(self.unary()?);
        self.cursor.ascend();
        Ok(Node::Not { part, span: start..self.cursor.read_to })
    }

    /// primary := "(" expr ")" | cmp
    fn primary(&mut self) -> Result<Node, ParseError> {
        if self.cursor.token != Token::OpenParen {
            return self.comparison();
        }
        let open = self.cursor.span.start;
        self.cursor.descend()?;
        self.cursor.advance()?;
        let node = self.any()?;
        self.cursor.close(&Token::CloseParen, open, "AND, OR or )")?;
        self.cursor.ascend();
        Ok(node)
    }

    /// cmp := operand op operand
    fn comparison(&mut self) -> Result<Node, ParseError> {
        let start = self.cursor.span.start;
        let left = self.operand()?;
        if self.is_at_end_of_condition() {
            return Err(self.compared_with_nothing(start));
        }
        let operator = self.operator()?;
        let right = self.operand()?;
        Ok(Node::Compare(Comparison { left, operator, right, span: start..self.cursor.read_to }))
    }

    fn operator(&mut self) -> Result<Operator, ParseError> {
        if let Token::Operator(operator) = self.cursor.token {
            self.cursor.advance()?;
            return Ok(operator);
        }
        let words = [("HAS", Operator::Has), ("IN", Operator::In), ("CONTAINS", Operator::Contains)];
        for (keyword, operator) in words {
            if self.cursor.eat_keyword(keyword)? {
                return Ok(operator);
            }
        }
        if self.cursor.eat_keyword("NOT")? {
            return self.in_after_not();
        }
        Err(self.unknown_operator())
    }

    fn in_after_not(&mut self) -> Result<Operator, ParseError> {
        if self.cursor.eat_keyword("IN")? {
            return Ok(Operator::NotIn);
        }
        let fault = self.cursor.fault(format!("expected IN after NOT, found {}", self.cursor.found()));
        Err(fault.hint("other operators are negated from outside: NOT (a HAS b)"))
    }

    /// operand := string | number | "true" | "false" | "null" | array | path
    fn operand(&mut self) -> Result<Operand, ParseError> {
        if self.cursor.token == Token::OpenBracket {
            return self.array();
        }
        if let Some(constant) = self.constant() {
            self.cursor.advance()?;
            return Ok(Operand::Constant(constant));
        }
        let is_keyword = KEYWORDS.iter().any(|keyword| self.cursor.is_keyword(keyword));
        if self.cursor.token != Token::Word || is_keyword {
            return Err(self.no_operand());
        }
        let scope = self.scope;
        self.cursor.path(|name| scope.resolve(name)).map(Operand::Path)
    }

    fn constant(&self) -> Option<Value> {
        if let Token::Text(text) = &self.cursor.token {
            return Some(Value::String(text.clone()));
        }
        if let Token::Number(number) = &self.cursor.token {
            return Some(Value::Number(number.clone()));
        }
        let words = [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
        words.into_iter().find_map(|(word, value)| self.cursor.is_keyword(word).then_some(value))
    }

    /// array := "[" [ operand { "," operand } ] "]"
    fn array(&mut self) -> Result<Operand, ParseError> {
        let open = self.cursor.span.start;
        self.cursor.descend()?;
        self.cursor.advance()?;
        let mut items = Vec::new();
        if self.cursor.token != Token::CloseBracket {
            items.push(self.operand()?);
        }
        while self.cursor.token == Token::Comma {
            self.cursor.advance()?;
            items.push(self.operand()?);
        }
        self.cursor.close(&Token::CloseBracket, open, "a comma or ]")?;
        self.cursor.ascend();
        Ok(array_of(items))
    }

    fn is_at_end_of_condition(&self) -> bool {
        matches!(self.cursor.token, Token::End | Token::CloseParen)
            || self.cursor.is_keyword("AND")
            || self.cursor.is_keyword("OR")
    }

    fn compared_with_nothing(&self, start: usize) -> ParseError {
        let operand = &self.cursor.text()[start..self.cursor.read_to];
        let fault = self.cursor.fault_at(start, format!("{operand} is compared with nothing"));
        fault.hint(format!("a condition compares two values: {operand} == true"))
    }

    fn unknown_operator(&self) -> ParseError {
        let found = self.cursor.found();
        let message = if self.cursor.token == Token::Word {
            format!("unknown operator {found}")
        } else {
            format!("expected an operator, found {found}")
        };
        self.cursor.fault(message).hint(OPERATORS_HINT)
    }

    fn no_operand(&self) -> ParseError {
        self.cursor.fault(format!("expected a value, found {}", self.cursor.found())).hint(OPERANDS_HINT)
    }

    /// Fails where anything is left to read.
    fn expect_end(&self) -> Result<(), ParseError> {
        if self.cursor.token == Token::End {
            return Ok(());
        }
        if self.cursor.token == Token::CloseParen {
            return Err(self.cursor.fault("this ) closes nothing").hint("remove it, or open it with ("));
        }
        let fault = self.cursor.fault(format!("expected AND, OR or the end, found {}", self.cursor.found()));
        Err(fault.hint("join conditions with AND or OR: 1 < x AND x < 3"))
    }
}

fn joined(mut parts: Vec<Node>, join: fn(Box<[Node]>) -> Node) -> Node {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts.into()),
    }
}

/// Makes an array of literals one literal.
fn array_of(items: Vec<Operand>) -> Operand {
    if items.iter().any(|item| !matches!(item, Operand::Constant(_))) {
        return Operand::Array(items.into());
    }
    let constants = items.into_iter().filter_map(|item| match item {
        Operand::Constant(value) => Some(value),
        Operand::Path(_) | Operand::Array(_) => None,
    });
    Operand::Constant(constants.collect())
}
